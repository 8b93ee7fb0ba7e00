/*
 * The Set-up tab of the Configuration page: draws what REST handler okta_itdr_setup says, and asks it to change things.
 * UCC makes one with the tab and an element to draw in, and calls render (UCC's documentation, "Custom Tab").
 * It decides nothing itself: whatever can be done here can be done with curl (docs/set-up.md).
 */

const HANDLER = "servicesNS/nobody/TA_okta_itdr/okta_itdr_setup";
const STATES = { ok: "ok", attention: "attention", "not yet": "not-yet" };

function node(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/* Splunk Web's proxy to splunkd; the page lies at ROOT/LOCALE/app/… (root_endpoint of web.conf may be anything). */
function address(path) {
  const root = window.location.pathname.split("/app/")[0];
  return `${root}/splunkd/__raw/${HANDLER}${path}?output_mode=json&count=0`;
}

/* Splunk Web wants its cookie of this port back as a header (REST over Splunk Web: X-Splunk-Form-Key). */
function formKey() {
  const port = window.$C && window.$C.MRSPARKLE_PORT_NUMBER;
  const cookies = [...document.cookie.matchAll(/splunkweb_csrf_token_(\d+)=([^;]+)/g)];
  const own = cookies.find((cookie) => cookie[1] === String(port)) || cookies[0];
  return own ? own[2] : "";
}

async function ask(path, form) {
  const headers = { "X-Requested-With": "XMLHttpRequest", "X-Splunk-Form-Key": formKey() };
  const request = { credentials: "same-origin", headers };
  if (form) {
    request.method = "POST";
    request.body = new URLSearchParams(form);
  }
  const answer = await fetch(address(path), request);
  const text = await answer.text();
  let found;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw new Error(`Splunk answered with something else than JSON (HTTP ${answer.status}): log in again.`);
  }
  if (!answer.ok) {
    const said = (found.messages || []).map((message) => message.text).join(" ");
    throw new Error(said || `Splunk refused (HTTP ${answer.status}).`);
  }
  const entries = found.entry.map((entry) => ({ name: entry.name, ...entry.content }));
  return entries.sort((one, other) => Number(one.order) - Number(other.order));
}

export default class OktaItdrSetup {
  constructor(tab, el) {
    this.el = el;
  }

  render() {
    const style = node("link");
    style.rel = "stylesheet";
    style.href = new URL("./okta_itdr_setup.css", import.meta.url).href;
    this.checks = node("div");
    this.answer = node("div");
    this.answer.setAttribute("role", "status");
    this.buttons = [];
    const page = node(
      "div",
      "okta-itdr-setup",
      node(
        "p",
        "",
        "From installed to watching: the first lines say what is still missing. Then switch on; nothing here is final."
      ),
      this.answer,
      this.checks,
      node("p", "", this.button("Check again", "", () => this.refresh())),
      this.switchOn(),
      this.indexes(),
      this.undo()
    );
    this.el.replaceChildren(style, page);
    this.refresh();
  }

  switchOn() {
    const starting = this.choice("starting", "The starting set: every detection whose usual finding is more than information", true);
    const all = this.choice("all", "All detections: more to read, and nothing is left out", false);
    const form = () => ({ detections: all.input.checked ? "all" : "starting" });
    return node(
      "section",
      "",
      node("h2", "", "Switch on"),
      node("p", "", "First the Gen searches, then the detections, then the alerts. What is on already stays as it is."),
      starting.label,
      all.label,
      this.button("Show what would change", "", () => this.act("/switch_on", { ...form(), dry_run: "1" })),
      this.button("Switch on", "okta-itdr-primary", () => this.act("/switch_on", form()))
    );
  }

  choice(value, words, checked) {
    const input = node("input");
    Object.assign(input, { type: "radio", name: "okta-itdr-detections", value, checked });
    return { input, label: node("label", "okta-itdr-choice", input, node("span", "", words)) };
  }

  indexes() {
    this.dataIndex = this.text("Okta's data is in");
    this.findingsIndex = this.text("Findings go to");
    /* Only what was changed is sent: a macro that the admin wrote by hand is not overwritten by an empty field. */
    const form = () => {
      const changed = {};
      if (this.dataIndex.value !== this.dataIndex.shown) changed.data_index = this.dataIndex.value;
      if (this.findingsIndex.value !== this.findingsIndex.shown) changed.findings_index = this.findingsIndex.value;
      return changed;
    };
    return node(
      "section",
      "",
      node("h2", "", "Indexes"),
      node("label", "", node("span", "", "Okta's data is in"), this.dataIndex),
      node("p", "", node("small", "", "Names, with commas between. Empty: the indexes that a role searches by default.")),
      node("label", "", node("span", "", "Findings go to"), this.findingsIndex),
      node("p", "", node("small", "", "One name. It must be there already; searches and dashboards read the same one.")),
      this.button("Show what would change", "", () => this.save(form(), { dry_run: "1" })),
      this.button("Save indexes", "", () => this.save(form(), {}))
    );
  }

  save(changed, how) {
    if (Object.keys(changed).length) {
      this.act("/indexes", { ...changed, ...how });
    } else {
      this.answer.replaceChildren(node("div", "okta-itdr-answer", "Nothing to save: the fields say what is set already."));
      this.answer.scrollIntoView({ block: "nearest" });
    }
  }

  text(label) {
    const input = node("input");
    input.type = "text";
    input.setAttribute("aria-label", label);
    input.spellcheck = false;
    input.shown = "";
    return input;
  }

  undo() {
    return node(
      "section",
      "",
      node("h2", "", "Undo"),
      node("p", "", "Puts back what this page has changed, as it was before. What somebody has changed since is left alone."),
      this.button("Show what would change", "", () => this.act("/undo", { dry_run: "1" })),
      this.button("Undo", "", () => this.act("/undo", {}))
    );
  }

  button(words, className, press) {
    const made = node("button", className, words);
    made.type = "button";
    made.addEventListener("click", press);
    this.buttons.push(made);
    return made;
  }

  busy(yes) {
    this.buttons.forEach((button) => {
      button.disabled = yes;
    });
  }

  /* A field shows what Splunk has, unless somebody is writing in it. */
  fill(input, value) {
    if (input.value === input.shown) input.value = value;
    input.shown = value;
  }

  async refresh() {
    this.busy(true);
    try {
      const checks = await ask("");
      this.checks.replaceChildren(this.table(checks));
      const valueOf = (name) => (checks.find((check) => check.name === name) || {}).value || "";
      this.fill(this.dataIndex, valueOf("data"));
      this.fill(this.findingsIndex, valueOf("findings_index"));
    } catch (error) {
      this.checks.replaceChildren(node("div", "okta-itdr-answer okta-itdr-bad", error.message));
    } finally {
      this.busy(false);
    }
  }

  table(checks) {
    const rows = checks.map((check) => {
      const state = node("span", `okta-itdr-state okta-itdr-state-${STATES[check.state]}`, check.state);
      const says = node("td", "", check.says);
      if (check.todo) says.append(node("div", "okta-itdr-todo", check.todo));
      return node("tr", "", node("td", "", state), node("td", "okta-itdr-title", check.title), says);
    });
    return node("table", "", node("tbody", "", ...rows));
  }

  /* The steps lie behind a line to open, except where there is something to read before going on. */
  told(result, steps, dryRun) {
    const complete = result.complete === "1";
    const said = node("div", `okta-itdr-answer${complete ? "" : " okta-itdr-bad"}`, result.message);
    const worthTelling = steps.filter((step) => step.did !== "already so" && step.did !== "not reached");
    if (worthTelling.length) {
      const rows = worthTelling.map((step) =>
        node("tr", "", node("td", "", step.did), node("td", "okta-itdr-step", step.name), node("td", "", step.says || ""))
      );
      const list = node("details", "", node("summary", "", "One by one"), node("table", "", node("tbody", "", ...rows)));
      list.open = dryRun || !complete || worthTelling.some((step) => step.did === "left alone");
      said.append(list);
    }
    return said;
  }

  async act(path, form) {
    this.busy(true);
    this.answer.replaceChildren(node("div", "okta-itdr-answer", "Working …"));
    this.answer.scrollIntoView({ block: "nearest" });
    try {
      const [result, ...steps] = await ask(path, form);
      this.answer.replaceChildren(this.told(result, steps, form.dry_run === "1"));
    } catch (error) {
      this.answer.replaceChildren(node("div", "okta-itdr-answer okta-itdr-bad", error.message));
    }
    await this.refresh();
    this.answer.scrollIntoView({ block: "nearest" });
  }
}

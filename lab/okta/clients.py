"""What people browse with: user agents as they stood on a given day, and the devices Okta knows.

`os` and `browser` are the families as Okta's log names them (public samples). Browsers follow the
calendar: Chrome and Firefox count up every four weeks, Safari once a year (vendors' release pages), so a
tenant of 2024 and one of 2030 are both up to date.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Dict, Optional

DAY = 86400.0
_CHROME_120 = 1701734400.0  # 2023-12-05
_FIREFOX_121 = 1702944000.0  # 2023-12-19
_SAFARI_17 = 1694995200.0  # 2023-09-18
_SAFARI_26 = 1757894400.0  # 2025-09-15: from 18 to 26, the year to come
RELEASE = 28 * DAY  # from one Chrome or Firefox to the next
_YEAR = 365.25 * DAY
_ESR = ((1720483200.0, 128), (1750723200.0, 140))  # 2024-07-09, 2025-06-24; 115 before


def chrome(at: float) -> int:
    return 120 + int((at - _CHROME_120) // RELEASE)


def firefox(at: float) -> int:
    return 121 + int((at - _FIREFOX_121) // RELEASE)


def safari(at: float) -> int:
    if at >= _SAFARI_26:
        return 26 + int((at - _SAFARI_26) // _YEAR)
    return 17 + int((at - _SAFARI_17) // _YEAR)


def firefox_esr(at: float) -> int:
    """Firefox's Extended Support Release of the time: one in thirteen, as far as they are known."""
    known = 115
    for since, version in _ESR:
        if at >= since:
            known = version
    return known + 13 * max(0, int((at - _ESR[-1][0]) // (13 * RELEASE)))


@dataclass(frozen=True)
class Browser:
    """A browser on a system; `template` takes the versions of the day."""

    template: str
    os: str
    browser: str
    device: str = "Computer"

    def agent(self, at: float) -> Dict[str, str]:
        """`client.userAgent` of an event at that time."""
        return _agent(self, chrome(at), firefox(at), safari(at), firefox_esr(at))


@cache
def _agent(browser: Browser, chrome: int, firefox: int, safari: int, esr: int) -> Dict[str, str]:
    raw = browser.template.format(chrome=chrome, firefox=firefox, safari=safari, esr=esr)
    return {"rawUserAgent": raw, "os": browser.os, "browser": browser.browser}


_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/"
_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/"
_CHROME = "537.36 (KHTML, like Gecko) Chrome/{chrome}.0.0.0 Safari/537.36"

MAC_CHROME = Browser(_MAC + _CHROME, "Mac OS X", "CHROME")
MAC_SAFARI = Browser(_MAC + "605.1.15 (KHTML, like Gecko) Version/{safari}.1 Safari/605.1.15", "Mac OS X", "SAFARI")
MAC_FIREFOX = Browser(
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:{firefox}.0) Gecko/20100101 Firefox/{firefox}.0",
    "Mac OS X",
    "FIREFOX",
)
WINDOWS_CHROME = Browser(_WINDOWS + _CHROME, "Windows 10", "CHROME")
WINDOWS_EDGE = Browser(_WINDOWS + _CHROME + " Edg/{chrome}.0.0.0", "Windows 10", "EDGE")
WINDOWS_FIREFOX = Browser(
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{firefox}.0) Gecko/20100101 Firefox/{firefox}.0",
    "Windows 10",
    "FIREFOX",
)
WINDOWS_FIREFOX_ESR = Browser(
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{esr}.0) Gecko/20100101 Firefox/{esr}.0", "Windows 10", "FIREFOX"
)
LINUX_FIREFOX = Browser(
    "Mozilla/5.0 (X11; Linux x86_64; rv:{firefox}.0) Gecko/20100101 Firefox/{firefox}.0", "Linux", "FIREFOX"
)
IPHONE_SAFARI = Browser(
    "Mozilla/5.0 (iPhone; CPU iPhone OS {safari}_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/{safari}.1 Mobile/15E148 Safari/604.1",
    "Mac OS X (iPhone)",
    "SAFARI",
    "Mobile",
)
ANDROID_CHROME = Browser(
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{chrome}.0.0.0 "
    "Mobile Safari/537.36",
    "Android Mobile",
    "CHROME",
    "Mobile",
)
# A legitimate old machine: Windows 7 and the last Chrome that ran there (109), frozen for ever.
OLD_WINDOWS = Browser(
    "Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36",
    "Windows 7",
    "CHROME",
)
# Web views of desktop apps: the app's own engine beside the person's browser, with the same cookies.
MAC_WEB_VIEW = Browser(
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Slack/4.41.98 "
    "Chrome/126.0.6478.127 Electron/31.2.1 Safari/537.36",
    "Mac OS X",
    "CHROME",
)
WINDOWS_WEB_VIEW = Browser(
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Teams/24193.1805.3040.8975 "
    "Chrome/126.0.6478.127 Electron/31.2.1 Safari/537.36",
    "Windows 10",
    "CHROME",
)

# Okta Verify on a phone answers a push with its own agent (public sample: iOS, "Unknown mobile").
OKTA_VERIFY_IOS = Browser(
    "B7F62B65BN.com.okta.mobile/9.27.0 OktaVerify/9.27.0 iOS/{safari}.1 Apple/iPhone14,2", "Unknown mobile", "UNKNOWN",
    "Mobile",
)  # fmt: skip
OKTA_VERIFY_ANDROID = Browser(
    "D2DD7D3915.com.okta.android.auth/8.6.0 DeviceSDK/0.19.0 Android/10 Google/Pixel", "Unknown mobile", "UNKNOWN",
    "Mobile",
)  # fmt: skip


def service(raw: str) -> Browser:
    """A program that is no browser: families and device unknown, as Okta logs them."""
    return Browser(raw, "Unknown", "UNKNOWN", "Unknown")


OKTA_INTEGRATIONS = service("Okta-Integrations")
TERRAFORM = service("okta-sdk-golang/4.1.2 golang/go1.22.4 linux/amd64 okta-terraform/4.11.0")
HR_CONNECTOR = service("okta-sdk-java/15.0.0 java/17.0.11 Linux/5.10")
SCIM_CLIENT = service("SCIM-Provisioning/2.0 (python-requests/2.32.3)")
WORKFLOWS = service("Okta-Workflows/1.0")
INTEGRATIONS = {"hr": HR_CONNECTOR, "terraform": TERRAFORM, "scim": SCIM_CLIENT, "workflows": WORKFLOWS}


@dataclass(frozen=True, eq=False)
class Machine:
    """A computer or phone of one person: its browser, its cookies' device token, Okta's device record.

    `lag`: how many seconds after a release its browser updates itself.
    """

    browser: Browser
    dt_hash: str
    fingerprint: str
    lag: float = 0.0
    device: Optional[Dict[str, Any]] = None

    def agent(self, at: float) -> Dict[str, str]:
        return self.browser.agent(at - self.lag)


def registered_device(device_id: str, name: str, platform: str, version: str, managed: bool) -> Dict[str, Any]:
    """The event's `device` block as a public sample of Identity Engine shows it."""
    return {
        "id": device_id,
        "name": name,
        "os_platform": platform,
        "os_version": version,
        "managed": managed,
        "registered": True,
        "device_integrator": None,
        "disk_encryption_type": "ALL_INTERNAL_VOLUMES",
        "screen_lock_type": "BIOMETRIC",
        "jailbreak": None,
        "secure_hardware_present": True,
    }

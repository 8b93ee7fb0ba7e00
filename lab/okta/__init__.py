"""A simulated Okta tenant: people, places, days and attacks, and the System Log API that serves them."""

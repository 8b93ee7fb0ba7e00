"""The tenant's directory: what its inventory endpoints show (facts/okta-api 3), changeable while it is served."""

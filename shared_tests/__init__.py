"""The behavioural contract: what a person can do on the site, whichever strategy it uses."""

"""What shows that the contract holds: mutants, faults, load, a browser, other people's code."""

# By the name that sessions and options know them by: their folders.
VARIANTS = {
    "proxy": "proxy_variant",
    "profile": "profile_variant",
    "custom": "custom_user_variant",
}

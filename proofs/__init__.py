"""What shows that the contract holds: mutants, faults, load, a browser, other people's code."""

# By the name that sessions and options know them by: their folders.
VARIANTS = {
    "proxy": "proxy_variant",
    "profile": "profile_variant",
    "custom": "custom_user_variant",
}
# As the published matrices head their columns.
TITLES = {"proxy": "proxy", "profile": "profile", "custom": "custom user"}
PREFIX = "extending_user_proof_"  # of every database that is made here, and dropped

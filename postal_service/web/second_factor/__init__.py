"""The second factor of one's own account: switch it on with a telephone, keep ways back in, switch it off."""

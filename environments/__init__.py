"""The sample environments; a package, so that NeMo Gym can import their prepare scripts."""

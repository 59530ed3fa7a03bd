"""Everything that is said on the phone: the catalogue of phrases, and how each language says amounts."""

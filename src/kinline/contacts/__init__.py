"""Whom a resident may call: contacts and their approval, privileged numbers, blocks."""

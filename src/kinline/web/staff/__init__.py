"""The pages of the people who work at a facility or for the provider, each within what their role allows."""

"""The requests that parity is shown with, by what they are about."""

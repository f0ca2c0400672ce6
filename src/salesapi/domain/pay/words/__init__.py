"""Plans and pay in words, English and Chinese."""

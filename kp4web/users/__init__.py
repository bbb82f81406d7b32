"""Users and their roles, as the administrator keeps them."""

"""Users of the application: roles, sign-in, sessions."""

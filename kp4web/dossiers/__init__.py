"""Dossiers: whom they are about, who may reach them, lists and search."""

"""Moving the guidance of many dossiers to the other organisation, as the council decided."""

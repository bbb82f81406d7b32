"""The demo history: invented people from 2019 to today, written through the real commands."""

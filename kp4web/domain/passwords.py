"""Which passwords are good enough: long, and not one that everybody tries."""

SHORTEST, LONGEST = 12, 200
COMMON = (
    "welkom", "wachtwoord", "password", "geheim", "qwerty", "letmein", "inloggen", "gemeente",
    "werkzaak", "kp4web", "volgsysteem", "zomer", "winter", "lente", "herfst", "january",
    "januari", "admin", "iloveyou", "abcdef", "azerty",
)  # fmt: skip
ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")


def objection(password: str, *, email: str, name: str) -> str | None:
    """Return what is wrong with the password, as a Dutch sentence, or ``None``."""
    if len(password) < SHORTEST:
        return f"Gebruik minstens {SHORTEST} tekens."
    if len(password) > LONGEST:
        return f"Gebruik hoogstens {LONGEST} tekens."
    if _left_over(password, [email.split("@")[0], *name.split()]) < SHORTEST // 2:
        return "Dit wachtwoord is te makkelijk te raden. Kies bijvoorbeeld vier losse woorden."
    return None


def _left_over(password: str, own_words: list[str]) -> int:
    """Return how many different characters remain after everything guessable is taken away."""
    rest = password.lower()
    for word in (*COMMON, *(w.lower() for w in own_words if len(w) > 2)):
        rest = rest.replace(word, "")
    for row in ROWS:
        for size in range(len(row), 3, -1):
            for start in range(len(row) - size + 1):
                piece = row[start : start + size]
                rest = rest.replace(piece, "").replace(piece[::-1], "")
    return len(set(rest))

"""Security headers: nothing inline, nothing from elsewhere, nothing kept by the browser."""

from flask import Flask, Response, current_app, request

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
ASSETS_CACHE = "public, max-age=31536000, immutable"


def init_app(app: Flask) -> None:
    """Set the headers on every response."""

    @app.after_request
    def set_headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        if 300 <= response.status_code < 400:
            response.set_data(b"")  # the framework's own page is English, and nobody sees it
        if request.endpoint == "static" and response.status_code == 200 and _has_version():
            response.headers["Cache-Control"] = ASSETS_CACHE
        elif request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        if request.is_secure and not current_app.testing:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response


def _has_version() -> bool:
    """Return whether the address of a static file changes when the file does."""
    vendored = (request.view_args or {}).get("filename", "").startswith("vendor/")
    return vendored or "v" in request.args

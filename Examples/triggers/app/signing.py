import hashlib
import hmac


def sign(body: bytes, timestamp: int, secret: str) -> str:
    """The value of X-Signature; the time is signed too, so that a receiver can refuse old copies."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


def verify(body: bytes, signature: str, secret: str, now: int, tolerance_seconds: int = 300) -> bool:
    """What a receiver does."""
    fields = dict(part.split("=", 1) for part in signature.split(",") if "=" in part)
    if not fields.get("t", "").isdecimal() or abs(now - int(fields["t"])) > tolerance_seconds:
        return False
    return hmac.compare_digest(sign(body, int(fields["t"]), secret), signature)

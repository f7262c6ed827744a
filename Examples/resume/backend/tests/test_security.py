from app.security import hash_password, verify_password


def test_a_password_matches_its_own_hash_only():
    stored = hash_password("correct horse")
    assert verify_password("correct horse", stored)
    assert not verify_password("correct horsf", stored)
    assert stored != hash_password("correct horse")

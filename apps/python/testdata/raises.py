def broken():
    raise RuntimeError("at import")


broken()

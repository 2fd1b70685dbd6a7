"""`python -m app` is `waybill`."""

from app.cli import main

main()

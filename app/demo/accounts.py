"""The accounts of the demo. Their passwords are public: they exist only where the demo is switched on."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from app.auth.passwords import Passwords
from app.auth.principal import Role
from app.clock import utc_now
from app.db.database import Database
from app.db.tables.accounts import UserAccount
from app.db.upsert import table_of, upsert


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One sign-in of the demo; `username` is also the account's id and, for a customer, the customer's id."""

    username: str
    role: Role
    name: str

    @property
    def password(self) -> str:
        return f"{self.username}-demo-password"


CUSTOMERS = (
    DemoAccount("ada", Role.CUSTOMER, "Ada Berg"),
    DemoAccount("bruno", Role.CUSTOMER, "Bruno Costa"),
    DemoAccount("chiara", Role.CUSTOMER, "Chiara Rossi"),
    DemoAccount("dan", Role.CUSTOMER, "Dan Okafor"),
)
ACCOUNTS = (
    *CUSTOMERS,
    DemoAccount("sam", Role.STAFF, "Sam Keller"),
    DemoAccount("alex", Role.ADMIN, "Alex Novak"),
)


async def ensure_accounts(database: Database, passwords: Passwords) -> int:
    """Adds those of the demo's accounts that do not exist yet. Returns how many it added."""
    known = await database.query(lambda connection: set(connection.scalars(select(UserAccount.username))))
    missing = [account for account in ACCOUNTS if account.username not in known]
    rows = [await _row(account, passwords) for account in missing]
    if rows:

        def work(connection: Connection) -> None:
            connection.execute(upsert(connection.dialect.name, table_of(UserAccount)).on_conflict_do_nothing(), rows)

        await database.write(work)
    return len(rows)


async def _row(account: DemoAccount, passwords: Passwords) -> dict[str, object]:
    return {
        "id": account.username,
        "username": account.username,
        "password_hash": await passwords.hash(account.password),
        "role": account.role,
        "display_name": account.name,
        "created_at": utc_now(),
    }

"""Why an account cannot be added or changed."""

from collections.abc import Sequence

from app.auth.principal import Role


class AccountError(Exception):
    """What was asked cannot be done with this account; the text says why, for people."""


class InvalidAccountError(AccountError):
    """A username, password, name or customer id breaks a rule; the text says which rule."""


class UnknownAccountError(AccountError):
    """No account has this username; `similar` are usernames that look like it."""

    def __init__(self, username: str, similar: Sequence[str]) -> None:
        hint = f"; did you mean {' or '.join(similar)}?" if similar else ""
        super().__init__(f"there is no account {username!r}{hint}")
        self.username = username
        self.similar = similar


class UsernameTakenError(AccountError):
    """Another account has this username, or one that differs in upper and lower case only."""

    def __init__(self, username: str) -> None:
        super().__init__(f"the username {username} is taken")
        self.username = username


class CustomerHasAccountError(AccountError):
    """A customer has one account at most, because the account's id is the customer's id."""

    def __init__(self, customer_id: str, username: str) -> None:
        super().__init__(f"the customer {customer_id} has the account {username} already")
        self.customer_id = customer_id
        self.username = username


class LastAdminError(AccountError):
    """Without this account, no admin could sign in."""

    def __init__(self, username: str) -> None:
        super().__init__(f"{username} is the last admin who can sign in: add or enable another admin first")
        self.username = username


class RoleFixedError(AccountError):
    """An account cannot become a customer's, or stop being one: its id would name the wrong customer, or none."""

    def __init__(self, username: str, role: Role, wanted: Role) -> None:
        super().__init__(
            f"{username} has the role {role} and cannot get the role {wanted}: the id of a customer's account is the "
            "customer's id, and no account changes its id. Add a second account instead"
        )
        self.username = username

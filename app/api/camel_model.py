"""The base of every object that crosses the wire."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class CamelModel(BaseModel):
    """A Pydantic model whose JSON keys are camelCase while its Python names stay snake_case.

    Both spellings are accepted on input; ask for `by_alias=True` when dumping for the wire (FastAPI does).
    """

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

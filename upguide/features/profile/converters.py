"""Addresses that name an item of the catalogue; another word leads to no view."""

from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter, ValidationError

from upguide.policy.items import Item


class ItemConverter(BaseConverter):
    """`<item:name>` in a rule: the key of an item in the address, the `Item` in the view."""

    def to_python(self, value: str) -> Item:
        """Return the item with this key."""
        try:
            return Item(value)
        except ValueError:
            raise ValidationError(value) from None

    def to_url(self, value: Item | str) -> str:
        """Return the key of an item; templates give the key itself."""
        return Item(value).value


def install(state: BlueprintSetupState) -> None:
    """Make the converter known to the application before the blueprint's rules are read."""
    state.app.url_map.converters["item"] = ItemConverter

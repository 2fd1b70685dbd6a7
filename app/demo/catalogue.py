"""What the demo's customers order, and who carries it."""

from datetime import datetime, timedelta
from random import Random
from typing import Final

from app.demo.accounts import DemoAccount
from app.orders.commands import NewLine, PlaceOrder

REFERENCE_PREFIX: Final = "DEMO-"

_PRODUCTS = (
    ("LAMP-OAK-40", "Oak desk lamp, 40 cm"),
    ("MUG-STONE-6", "Stoneware mugs, set of 6"),
    ("KETTLE-GN-17", "Gooseneck kettle, 1.7 l"),
    ("BAG-CANVAS-20", "Canvas backpack, 20 l"),
    ("CHAIR-ASH", "Ash dining chair"),
    ("NOTE-A5-DOT", "Dotted notebook, A5"),
    ("PEN-BRASS", "Brass fountain pen"),
    ("THROW-WOOL", "Wool throw, 130 x 180 cm"),
    ("KNIFE-CHEF-21", "Chef's knife, 21 cm"),
    ("BOARD-WALNUT", "Walnut cutting board"),
    ("BULB-E27-4W", "LED bulb E27, 4 W"),
    ("CABLE-USBC-2", "USB-C cable, 2 m"),
    ("KEYB-TKL-BR", "Mechanical keyboard, brown switches"),
    ("HEAD-OVER-BT", "Over-ear headphones"),
    ("PLANT-MONST", "Monstera in a 21 cm pot"),
    ("POT-TERRA-24", "Terracotta pot, 24 cm"),
    ("TENT-2P", "Two-person tent, 1.9 kg"),
    ("STOVE-GAS", "Folding gas stove"),
    ("BOTTLE-STEEL", "Steel bottle, 750 ml"),
    ("COFFEE-ETH-1", "Ethiopian coffee beans, 1 kg"),
    ("GRINDER-HAND", "Hand coffee grinder"),
    ("TOWEL-LINEN-4", "Linen towels, set of 4"),
    ("CLOCK-WALL", "Silent wall clock"),
    ("BIKE-LIGHT", "Rechargeable bicycle light"),
)
_CARRIERS = (("DHL", "JD01"), ("UPS", "1Z84"), ("GLS", "GL60"), ("DPD", "0150"), ("FedEx", "7712"))


def an_order(dice: Random, customer: DemoAccount, reference: str, placed_at: datetime) -> PlaceOrder:
    """Returns an order of two to four articles that is expected within a week."""
    articles = dice.sample(_PRODUCTS, dice.choice((2, 2, 3, 4)))
    expected = placed_at + timedelta(days=dice.randint(4, 7))
    return PlaceOrder(
        customer_id=customer.username,
        customer_name=customer.name,
        reference=REFERENCE_PREFIX + reference,
        estimated_delivery_at=expected.replace(hour=18, minute=0, second=0, microsecond=0),
        lines=[NewLine(sku=sku, name=name, quantity=dice.choice((1, 1, 1, 2, 3))) for sku, name in articles],
    )


def a_parcel(dice: Random) -> tuple[str, str]:
    """Returns a carrier and a tracking number that looks like one of its own."""
    carrier, prefix = dice.choice(_CARRIERS)
    return carrier, f"{prefix}{dice.randrange(10**10):010d}"

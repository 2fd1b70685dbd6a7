"""Each change of an order: the rows, the status, the version and the one event that tells of it."""

import pytest
from sqlalchemy import select

from app.auth.principal import Principal
from app.clock import utc_now
from app.db.database import Database
from app.db.tables.orders import Customer
from app.feed.event import Actor, Event, EventType
from app.orders import changes
from app.orders.commands import CancelOrder, ConfirmOrder, DeliverOrder, LineQuantity, ShipOrder
from app.orders.errors import (
    AlreadyDeliveredError,
    ForbiddenActionError,
    IllegalActionError,
    OrderNotFoundError,
    QuantityExceededError,
    ReferenceTakenError,
    StaleVersionError,
    UnknownCustomerError,
    UnknownPartError,
)
from app.orders.lifecycle import OrderAction, OrderStatus, status_of
from app.orders.order import Order
from app.orders.queries import OrderQueries
from app.orders.service import OrderChange, OrderService
from app.orders.store import save_change
from tests.orders.support import ADA, BRUNO, SAM, SHOP, an_order, placed
from tests.support.database import scalars

pytestmark = pytest.mark.anyio


@pytest.fixture
def service(database: Database) -> OrderService:
    return OrderService(database)


async def stored(database: Database, order_id: int) -> Order:
    """The order as another transaction sees it, with its status checked against its lines."""
    order = (await OrderQueries(database).get(order_id, SAM)).order
    assert order.status is status_of(order.totals, confirmed=order.confirmed_at is not None)
    return order


async def history(database: Database, order_id: int) -> list[Event]:
    return await OrderQueries(database).timeline(order_id, SAM)


def some(change: OrderChange, *quantities: int) -> list[LineQuantity]:
    """So much of each line, from the first on."""
    return [
        LineQuantity(line_id=line.id, quantity=quantity)
        for line, quantity in zip(change.order.lines, quantities, strict=False)
    ]


async def test_a_placed_order_is_pending_and_has_a_number(database: Database, service: OrderService) -> None:
    change = await service.place(an_order(ADA, 2, 1, reference="SHOP-1"), SHOP)

    order = await stored(database, change.order.id)
    assert order.status is OrderStatus.PENDING
    assert order.number == f"WB-{order.id:06d}"
    assert (order.version, order.reference, order.customer_name) == (1, "SHOP-1", "Ada")
    assert [(line.position, line.ordered, line.open) for line in order.lines] == [(1, 2, 2), (2, 1, 1)]
    assert order.updated_at == order.placed_at == change.event.occurred_at
    assert await history(database, order.id) == [change.event]
    assert change.event.type is EventType.ORDER_PLACED
    assert (change.event.status, change.event.status_from) == ("Pending", None)
    assert change.event.actor == Actor(role="service", name="Shop")
    assert change.event.data["customer_name"] == "Ada"


async def test_a_customers_second_order_needs_no_name_and_keeps_the_first(
    database: Database, service: OrderService
) -> None:
    await placed(database)
    wanted = an_order(ADA)

    nameless = await service.place(wanted.model_copy(update={"customer_name": None}), SHOP)
    renamed = await service.place(wanted.model_copy(update={"customer_name": "Someone else"}), SHOP)

    assert nameless.order.customer_name == renamed.order.customer_name == "Ada"


async def test_an_unknown_customer_without_a_name_is_refused(database: Database, service: OrderService) -> None:
    with pytest.raises(UnknownCustomerError, match="There is no customer 'ada'"):
        await service.place(an_order(ADA).model_copy(update={"customer_name": None}), SHOP)

    assert await scalars(database, select(Customer.id)) == []


async def test_customers_cannot_place_orders(service: OrderService) -> None:
    with pytest.raises(ForbiddenActionError, match="Only staff can place an order"):
        await service.place(an_order(ADA), ADA)


async def test_a_reference_belongs_to_one_order(database: Database, service: OrderService) -> None:
    first = await placed(database, ADA, reference="SHOP-1")

    with pytest.raises(ReferenceTakenError) as refused:
        await service.place(an_order(BRUNO, reference="SHOP-1"), SHOP)

    assert (refused.value.reference, refused.value.order_id) == ("SHOP-1", first.order.id)
    assert [event.seq for event in await history(database, first.order.id)] == [1]


async def test_confirm(database: Database, service: OrderService) -> None:
    order_id = (await placed(database)).order.id

    change = await service.change(order_id, ConfirmOrder(), SAM)

    order = await stored(database, order_id)
    assert (order.status, order.version) == (OrderStatus.PROCESSING, 2)
    assert order.confirmed_at == order.updated_at == change.event.occurred_at
    assert (change.event.type, change.event.status_from) == (EventType.ORDER_CONFIRMED, "Pending")
    assert change.event.data == {}
    assert change.event.position == (await OrderQueries(database).get(order_id, ADA)).position


async def test_ship_without_a_choice_sends_all_and_confirms_in_one_event(
    database: Database, service: OrderService
) -> None:
    first = await placed(database, ADA, 2, 1)

    change = await service.change(first.order.id, ShipOrder(), SAM)

    order = await stored(database, first.order.id)
    assert (order.status, order.version) == (OrderStatus.SHIPPED, 2)
    assert order.confirmed_at is not None
    assert [line.shipped for line in order.lines] == [2, 1]
    [shipment] = order.shipments
    assert (shipment.carrier, shipment.tracking_number, shipment.delivered_at) == (None, None, None)
    assert await history(database, order.id) == [first.event, change.event]
    assert (change.event.status_from, change.event.status) == ("Pending", "Shipped")
    assert change.event.data == {
        "is_partial": False,
        "shipment": {
            "id": shipment.id,
            "carrier": None,
            "tracking_number": None,
            "lines": [
                {"line_id": line.id, "sku": line.sku, "name": line.name, "quantity": line.ordered}
                for line in order.lines
            ],
        },
    }


async def test_ship_chosen_quantities_and_then_the_rest(database: Database, service: OrderService) -> None:
    first = await placed(database, ADA, 3, 1)
    order_id = first.order.id
    parcel = ShipOrder(lines=some(first, 2), carrier="DHL", tracking_number="JD01")

    part = await service.change(order_id, parcel, SAM)
    assert part.order.status is OrderStatus.PARTIALLY_SHIPPED
    assert part.event.data["is_partial"] is True
    rest = await service.change(order_id, ShipOrder(carrier="UPS"), SAM)

    order = await stored(database, order_id)
    assert order.status is OrderStatus.SHIPPED
    assert rest.event.data["is_partial"] is False
    assert [(parcel.carrier, parcel.tracking_number) for parcel in order.shipments] == [
        ("DHL", "JD01"),
        ("UPS", None),
    ]
    assert [[part.quantity for part in parcel.lines] for parcel in order.shipments] == [[2], [1, 1]]


async def test_more_than_is_open_is_refused_and_changes_nothing(database: Database, service: OrderService) -> None:
    first = await placed(database, ADA, 2, 5)

    with pytest.raises(QuantityExceededError) as refused:
        await service.change(first.order.id, ShipOrder(lines=some(first, 1, 6)), SAM)

    assert (refused.value.line_id, refused.value.asked, refused.value.open) == (first.order.lines[1].id, 6, 5)
    order = await stored(database, first.order.id)
    assert (order.version, order.status, order.shipments) == (1, OrderStatus.PENDING, [])
    assert await history(database, order.id) == [first.event]


async def test_another_orders_line_is_refused(database: Database, service: OrderService) -> None:
    first, other = await placed(database, ADA, 1), await placed(database, ADA, 1)

    with pytest.raises(UnknownPartError, match=f"has no line {other.order.lines[0].id}"):
        await service.change(first.order.id, ShipOrder(lines=some(other, 1)), SAM)


async def test_deliver_parcel_by_parcel(database: Database, service: OrderService) -> None:
    first = await placed(database, ADA, 1, 1)
    order_id = first.order.id
    await service.change(order_id, ShipOrder(lines=some(first, 1)), SAM)
    shipped = await service.change(order_id, ShipOrder(), SAM)
    one, two = (shipment.id for shipment in shipped.order.shipments)

    part = await service.change(order_id, DeliverOrder(shipment_ids=[two]), SAM)
    assert part.order.status is OrderStatus.PARTIALLY_DELIVERED
    assert part.event.data["is_partial"] is True
    with pytest.raises(AlreadyDeliveredError, match=f"Shipment {two} has been delivered"):
        await service.change(order_id, DeliverOrder(shipment_ids=[one, two]), SAM)
    with pytest.raises(UnknownPartError, match="has no shipment 999"):
        await service.change(order_id, DeliverOrder(shipment_ids=[999]), SAM)
    rest = await service.change(order_id, DeliverOrder(), SAM)

    order = await stored(database, order_id)
    assert order.status is OrderStatus.DELIVERED
    assert all(shipment.delivered_at for shipment in order.shipments)
    assert rest.event.data["is_partial"] is False
    parcels = rest.event.data["shipments"]
    assert isinstance(parcels, list)
    assert [parcel["id"] for parcel in parcels if isinstance(parcel, dict)] == [one]


async def test_cancel_lines_and_then_all(database: Database, service: OrderService) -> None:
    first = await placed(database, ADA, 2, 1)
    order_id = first.order.id

    part = await service.change(order_id, CancelOrder(lines=some(first, 1), reason="One is enough"), ADA)
    assert part.order.status is OrderStatus.PENDING
    assert (part.event.data["is_partial"], part.event.data["reason"]) == (True, "One is enough")
    assert part.event.actor.role == "customer"
    rest = await service.change(order_id, CancelOrder(), SAM)

    order = await stored(database, order_id)
    assert order.status is OrderStatus.CANCELLED
    assert [line.cancelled for line in order.lines] == [2, 1]
    assert (rest.event.data["is_partial"], rest.event.data["reason"]) == (False, None)


async def test_cancelling_the_unshipped_rest_completes_a_part_shipped_order(
    database: Database, service: OrderService
) -> None:
    first = await placed(database, ADA, 2)
    await service.change(first.order.id, ShipOrder(lines=some(first, 1)), SAM)

    change = await service.change(first.order.id, CancelOrder(), SAM)

    assert change.order.status is OrderStatus.SHIPPED
    assert change.event.type is EventType.ORDER_CANCELLED
    assert (change.event.status_from, change.event.status) == ("PartiallyShipped", "Shipped")


@pytest.mark.parametrize("principal", [BRUNO, ADA, SAM], ids=lambda principal: principal.subject)
async def test_who_may_not_is_refused_before_anything_else(
    database: Database, service: OrderService, principal: Principal
) -> None:
    order_id = (await placed(database)).order.id
    await service.change(order_id, ShipOrder(), SAM)
    refusal = {BRUNO: OrderNotFoundError, ADA: ForbiddenActionError, SAM: StaleVersionError}[principal]

    # The version is stale and the move illegal as well.
    with pytest.raises(refusal):
        await service.change(order_id, ShipOrder(), principal, versions={1})

    assert len(await history(database, order_id)) == 2


async def test_an_illegal_move_names_what_is_allowed(database: Database, service: OrderService) -> None:
    order_id = (await placed(database)).order.id
    await service.change(order_id, ShipOrder(), SAM)

    with pytest.raises(IllegalActionError, match="has been shipped already") as refused:
        await service.change(order_id, ShipOrder(), SAM)

    assert (refused.value.status, refused.value.allowed) == (OrderStatus.SHIPPED, [OrderAction.DELIVER])


async def test_a_change_can_insist_on_a_version(database: Database, service: OrderService) -> None:
    order_id = (await placed(database)).order.id

    with pytest.raises(StaleVersionError) as refused:
        await service.change(order_id, ConfirmOrder(), SAM, versions={2, 3})
    assert refused.value.current == 1
    change = await service.change(order_id, ConfirmOrder(), SAM, versions={1, 7})

    assert change.order.version == 2


@pytest.mark.parametrize("order_id", [0, -1, 999, 2**31, 2**64])
async def test_an_unknown_order_is_not_found(service: OrderService, order_id: int) -> None:
    with pytest.raises(OrderNotFoundError):
        await service.change(order_id, ShipOrder(), SAM)


async def test_the_update_itself_checks_the_version(database: Database) -> None:
    first = await placed(database)

    async def confirm(order: Order) -> None:
        change = changes.confirm(order, utc_now(), first.event.actor)
        await database.write(lambda connection: save_change(connection, change))

    same, order = [await stored(database, first.order.id) for _ in range(2)]
    await confirm(same)
    with pytest.raises(LookupError, match="was changed by somebody else"):
        await confirm(order)

    assert (await stored(database, first.order.id)).version == 2

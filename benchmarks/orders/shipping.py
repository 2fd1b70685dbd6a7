"""The rows that shipping an order writes, as SQL for both databases."""

from uuid import uuid4

from benchmarks.orders.seed import line_ids

_AT = "'2026-12-01 00:00:00.000000'"
_TOLD = """'{"role":"staff","name":"bench"}', '{"isPartial":false,"shipment":{"id":0,"carrier":null,"lines":[]}}'"""


def shipping(order_id: int) -> list[str]:
    """Statements that ship a seeded order of which nothing has left, between BEGIN and COMMIT."""
    parcel = f"(SELECT max(id) FROM shipment WHERE order_id = {order_id})"
    next_id = "(SELECT coalesce(max(id), 0) + 1 FROM shipment)"
    customer = f"(SELECT customer_id FROM orders WHERE id = {order_id})"
    return [
        f"UPDATE orders SET status = 'Shipped', version = version + 1, updated_at = {_AT} WHERE id = {order_id}",
        f"UPDATE order_line SET shipped = ordered WHERE order_id = {order_id}",
        f"INSERT INTO shipment (id, order_id, shipped_at) VALUES ({next_id}, {order_id}, {_AT})",
        *(
            f"INSERT INTO shipment_line (shipment_id, order_line_id, quantity) VALUES ({parcel}, {line}, 1)"
            for line in line_ids(order_id)
        ),
        f"UPDATE customer_stream SET last_seq = last_seq + 1 WHERE customer_id = {customer}",
        "INSERT INTO order_event (customer_id, seq, event_id, order_id, order_version, number, type, status,"
        " status_from, visibility, occurred_at, recorded_at, actor, data)"
        f" SELECT customer_id, last_seq, 'evt_{uuid4().hex}', {order_id}, 3, 'WB', 'OrderShipped', 'Shipped',"
        f" 'Processing', 'customer', {_AT}, {_AT}, {_TOLD} FROM customer_stream WHERE customer_id = {customer}",
    ]

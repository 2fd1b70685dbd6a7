"""Waybill: order tracking with live push."""

__version__ = "0.1.0"

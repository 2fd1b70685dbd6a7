"""Tests of hubs in a web application."""

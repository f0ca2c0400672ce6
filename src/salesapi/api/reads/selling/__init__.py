"""Reads of what is sold: pipelines, leads, deals, activities, attribution, forecast sheets, targets."""

"""From interest to a decision: pipelines, leads, deals, activities, attribution, forecast sheets, targets."""

"""Read models of pipelines, leads, deals, activities, forecasts and targets."""

"""Wire shapes of pipelines, leads, deals, activities, forecasts and targets."""

"""The scheduler: cron, dispatch windows, alert conditions, throttling, actions; replay and hunt drive one dispatch."""

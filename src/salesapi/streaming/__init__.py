"""The log as a stream: the relay to JetStream and the pull feed."""

"""The GraphQL door: Relay connections, BigInt for money and positions, subscriptions."""

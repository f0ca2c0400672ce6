"""What every context speaks: kernel, money, attributes, periods and dates."""

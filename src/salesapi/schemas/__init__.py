"""Wire shapes of reads, used by both doors."""

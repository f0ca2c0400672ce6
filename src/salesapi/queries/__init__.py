"""The SQL of reads, one function a question, each taking a Scope; used by both doors."""

"""Room `cwl`: documents that describe command-line tools and workflows, per the Common Workflow Language."""

"""`python -m ellip_lab.cli`: the command line where the script `ellip` is not on the PATH."""

from ellip_lab.cli import main

main()

"""`python -m analysis` is the command line `airflow-demand`."""

from analysis.cli import main

if __name__ == "__main__":
    main()

"""`python -m analysis` is the command line `airflow-demand`."""

if __name__ == "__main__":
    try:
        from analysis.cli import main
    except KeyboardInterrupt:
        raise SystemExit("airflow-demand: stopped before it began") from None
    main()

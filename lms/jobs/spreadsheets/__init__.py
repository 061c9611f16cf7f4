"""Spreadsheets in and out: CSV and XLSX as people really send them, read and written as a stream."""

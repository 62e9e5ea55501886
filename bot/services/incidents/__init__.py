"""Incidents: opened, told about, paged for, published, restored and written up."""

"""What is known of it all: reports, figures, charts, the App Home, history in and out."""

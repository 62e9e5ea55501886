"""What is read of it all: reports, figures, charts and the App Home."""

"""What comes in from files and bodies: documents, schemas, samples, fixture cases."""

"""Assemblies on the staff's pages."""

from members.assemblies.admin.assemblies import AssemblyAdmin
from members.assemblies.admin.radar import RadarAdmin

__all__ = ["AssemblyAdmin", "RadarAdmin"]
